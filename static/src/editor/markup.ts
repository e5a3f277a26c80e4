// Sentences with `commands` in them as elements: what stands between backquotes is set in the machine's type.

export function marked(name: string, className: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  text.split("`").forEach((part, at) => {
    if (at % 2 === 0) made.append(part);
    else made.append(Object.assign(document.createElement("code"), { textContent: part }));
  });
  return made;
}
