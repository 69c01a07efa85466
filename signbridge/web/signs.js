// The search box and the sign buttons: filtered as one types, one tab stop, arrow keys to move.
// Runs once, with `element` (the tab's list) and `trigger` (tells the server) from Gradio.
const search = element.querySelector("input");
const status = element.querySelector("[role=status]");
const list = element.querySelector("[role=listbox]");
const buttons = [...list.querySelectorAll("button")];
const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trimStart();
const shown = () => buttons.filter((button) => !button.hidden);
const stop = (button) => {
  buttons.forEach((other) => { other.tabIndex = other === button ? 0 : -1; });
};

const filter = () => {
  const wanted = " " + plain(search.value);
  buttons.forEach((button) => { button.hidden = !` ${button.dataset.words}`.includes(wanted); });
  const count = shown().length;
  status.textContent = count === 1 ? "1 sign." : `${count || "No"} signs.`;
  stop(shown()[0]);
};

const choose = (button) => {
  buttons.forEach((other) => { other.ariaSelected = String(other === button); });
  stop(button);
  trigger("select", { gloss: button.dataset.gloss });
  if (window.innerWidth < 768)
    document.querySelector("#sign").scrollIntoView({ behavior: "smooth" });
};

search.addEventListener("input", filter);
search.addEventListener("keydown", (event) => {
  const first = shown()[0];
  if (!first || !["Enter", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  if (event.key === "Enter") choose(first);
  else first.focus();
});
list.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) choose(button);
});
list.addEventListener("keydown", (event) => {
  const among = shown();
  const at = among.indexOf(document.activeElement);
  const goal = {
    ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1,
    Home: 0, End: among.length - 1,
  }[event.key];
  if (goal === undefined || !among[goal]) return;
  event.preventDefault();
  stop(among[goal]);
  among[goal].focus();
});
stop(buttons[0]);
