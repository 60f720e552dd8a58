/** Elements that scripts of every page render, with the classes of the design. */

export type Attributes = Record<string, string | number | boolean>;

/** Create an element. An attribute `true` has no value; `false` is left out. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

export function paragraph(text: string): HTMLElement {
  return make("p", { class: "utrecht-paragraph" }, text);
}

export function alertBox(kind: "info" | "ok" | "warning" | "error", text: string): HTMLElement {
  const content = make("div", { class: "utrecht-alert__content" }, paragraph(text));
  return make("div", { class: `utrecht-alert utrecht-alert--${kind} notice` }, content);
}
