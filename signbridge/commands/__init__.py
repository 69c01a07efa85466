"""The commands with options and files of their own, a module each; `cli` puts them together."""
