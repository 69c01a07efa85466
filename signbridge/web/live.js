// A tap on a sign asks what it was; a tap on Speak says its sentence again.
// Runs once, with `element` (the part that holds them) and `trigger` (tells the server) from Gradio.
element.addEventListener("click", (event) => {
  const word = event.target.closest("[data-word]");
  const say = event.target.closest("[data-say]");
  if (word) trigger("select", { key: word.dataset.word });
  if (say) trigger("click", { key: say.dataset.say });
});
