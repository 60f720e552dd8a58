// What is wrong with the layout of a page, in words; an expression for Playwright's evaluate.
() => {
  const root = document.querySelector("dialog:modal") ?? document.body;
  const wrong = [];
  const name = (each) => each.outerHTML.slice(0, 160);
  const boxOf = (each) => each.getBoundingClientRect();
  const inside = (a, b) => ({
    left: Math.max(a.left, b.left), right: Math.min(a.right, b.right),
    top: Math.max(a.top, b.top), bottom: Math.min(a.bottom, b.bottom),
  });
  const shown = (each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const READ_OUT = ".spoken, option, script, style, template, noscript";
  const ofEach = new Map([...root.querySelectorAll("*")].map((each) => [each, getComputedStyle(each)]));
  const readOut = [...ofEach].filter(([, style]) => style.clipPath === "inset(50%)").map(([each]) => each);
  const seen = (each) => shown(each) && !each.closest(READ_OUT) && !readOut.some((hidden) => hidden.contains(each));
  const styles = new Map([...ofEach].filter(([each]) => seen(each)));
  const all = [...styles.keys()];

  // Sideways.
  if (document.documentElement.scrollWidth > innerWidth) wrong.push("the page scrolls sideways");
  for (const [each, style] of styles) {
    const scrolls = each.scrollWidth > each.clientWidth + 1 && ["auto", "scroll"].includes(style.overflowX);
    if (scrolls && innerWidth >= 1366 && each !== root) wrong.push(`scrolls sideways: ${name(each)}`);
  }

  // Texts and targets that overlap. A pinned box lies over others on purpose; see below.
  const pinned = (each) => {
    for (let up = each; up && up !== root; up = up.parentElement)
      if (["fixed", "sticky"].includes(styles.get(up)?.position)) return up;
    return null;
  };
  const over = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
  // What is scrolled out of sight in a box overlaps nothing.
  const inSight = (each, box) => {
    for (let up = each; up && up !== root; up = up.parentElement)
      if (["auto", "scroll"].includes(styles.get(up)?.overflowY)) box = inside(box, boxOf(up));
    return box;
  };
  const texts = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.data.trim() || !styles.has(node.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const { left, right, top, bottom } of range.getClientRects()) {
      const spare = (bottom - top) / 4; // room above and below the letters
      const box = inSight(node.parentElement, { left, right, top: top + spare, bottom: bottom - spare });
      texts.push({ each: node.parentElement, box });
    }
  }
  for (const { each, box } of texts) {
    for (let up = each; up && up !== root; up = up.parentElement) {
      if (!styles.has(up)) continue; // it makes no box: display: contents
      const hides = (overflow) => ["hidden", "clip"].includes(overflow);
      const { left, right, top, bottom } = boxOf(up);
      const sideways = hides(styles.get(up).overflowX) && (box.left < left - 1 || box.right > right + 1);
      const upright = hides(styles.get(up).overflowY) && (box.top < top || box.bottom > bottom);
      if (sideways || upright) wrong.push(`cut off: ${name(each)}`);
    }
  }

  const TARGETS = "a[href], button, input, select, textarea, summary";
  const targets = all.filter((each) => each.matches(TARGETS)).map((each) => ({ each, box: inSight(each, boxOf(each)) }));
  const compare = (list, what) =>
    list.forEach((a, at) => {
      for (const b of list.slice(at + 1)) {
        if (a.each.contains(b.each) || b.each.contains(a.each)) continue;
        if (pinned(a.each) === pinned(b.each) && over(a.box, b.box))
          wrong.push(`${what} overlap: ${name(a.each)} and ${name(b.each)}`);
      }
    });
  compare(texts, "texts");
  compare(targets, "targets");

  // What lies under a pinned box at the end of the page can never be seen.
  const place = scrollY;
  const pins = new Set([...styles.keys()].map(pinned).filter((each) => each && each.textContent.trim()));
  for (const end of pins.size ? [0, document.documentElement.scrollHeight] : []) {
    scrollTo(0, end);
    for (const { each } of [...texts, ...targets]) {
      const under = [...pins].find((pin) => !pin.contains(each) && pinned(each) === null && over(boxOf(pin), boxOf(each)));
      const box = under && boxOf(under);
      const reachable = box && (end === 0 ? box.bottom > innerHeight / 2 : box.top < innerHeight / 2);
      if (under && !reachable) wrong.push(`under ${name(under)}: ${name(each)}`);
    }
  }
  scrollTo(0, place);
  return [...new Set(wrong)];
}
