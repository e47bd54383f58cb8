// Texts that scripts show, in the page's language (linking/templatetags/script_words.py). Values stand in braces; of a pair of
// texts `n` decides which.
const words = JSON.parse(document.getElementById("words").textContent);
const language = document.documentElement.lang;
const shown = (value) => (typeof value === "number" ? value.toLocaleString(language) : value);

globalThis.textOf = (name, values = {}) => {
  const text = Array.isArray(words[name]) ? words[name][values.n === 1 ? 0 : 1] : words[name];
  return fill(text, values);
};
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? shown(values[key]) : whole));
globalThis.fillIn = fill;
