// The page at /demo. It holds no key: in the demo the server signs for everybody.
const POLL_MS = 3000;
const TYPING_MS = 400;
const language = document.documentElement.lang;
const locale = language === "en" ? "en-GB" : "nl-NL";
const euros = new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" });

const find = (id) => document.getElementById(id);
const amountField = find("amount");
let letter = Number(document.body.dataset.letter);
let code = null; // the one that is shown: {text, amount, until}
let requested = 0; // of several codes asked for at once the last one counts

async function call(path, body) {
  const response = await fetch(`/demo/${path}`, body === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/** The amount in cents; null when the field holds none. */
function amountInCents() {
  const match = /^(\d{1,5})(?:[.,](\d{1,2}))?$/.exec(amountField.value.trim());
  const cents = match ? Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0")) : 0;
  return cents || null;
}

/** Write a figure, and let the eye find it when it is another one. */
function write(element, text) {
  if (element.textContent === text) return;
  const known = element.textContent !== "…";
  element.textContent = text;
  element.classList.remove("changed");
  if (known) requestAnimationFrame(() => element.classList.add("changed"));
}

async function showCode({ fresh = false } = {}) {
  const amount = amountInCents();
  find("amount-wrong").hidden = amount !== null;
  amountField.setAttribute("aria-invalid", String(amount === null));
  find("qr").classList.add("stale");
  const number = ++requested;
  if (amount === null) {
    code = null;
    return;
  }
  const replaces = fresh || code === null ? undefined : code.text;
  try {
    const made = await call("codes", { letter, amount, replaces });
    if (number !== requested) return;
    code = { text: made.text, amount, until: Date.now() + made.seconds * 1000 };
    const picture = new DOMParser().parseFromString(made.svg, "image/svg+xml").documentElement;
    picture.removeAttribute("width");
    picture.removeAttribute("height");
    find("qr").replaceChildren(document.importNode(picture, true));
    find("qr").classList.remove("stale");
    find("code-amount").textContent = euros.format(amount / 100);
    write(find("left"), euros.format(made.left / 100));
    find("left-bar").style.width = `${(100 * made.left) / find("worth").dataset.cents}%`;
    countDown();
  } catch {
    code = null;
    showUnreachable(find("verdict"));
  }
}

function countDown() {
  if (code === null) return;
  const seconds = Math.ceil((code.until - Date.now()) / 1000);
  if (seconds <= 0) {
    if (!document.hidden) showCode({ fresh: true });
    return;
  }
  find("countdown").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Fill a template's slots; one that gets no word is left out. */
function fill(template, slots) {
  const filled = find(template).content.cloneNode(true);
  for (const slot of filled.querySelectorAll("[data-slot]")) {
    const word = slots[slot.dataset.slot];
    if (word !== undefined) slot.textContent = word;
    else if (slot.textContent === "") slot.remove();
  }
  return filled;
}

function written(answer, slots) {
  if (answer.block) {
    const time = new Date(answer.block.time).toLocaleTimeString(locale);
    return fill("yes", { ...slots, ...answer.block, time });
  }
  return fill("no", { ...slots, ...answer.no, sentence: answer.no[language] });
}

async function pay(button) {
  if (code?.amount !== amountInCents()) await showCode();
  if (code === null) {
    if (amountInCents() === null) amountField.focus();
    return;
  }
  const verdict = find("verdict");
  const slots = {
    amount: euros.format(code.amount / 100),
    shop: button.querySelector(".name").textContent,
  };
  for (const other of document.querySelectorAll(".shop")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  verdict.replaceChildren(fill("busy", slots));
  bringIntoView(verdict);
  try {
    const { text, amount } = code;
    const answer = await call("payments", { shop: Number(button.dataset.shop), amount, code: text });
    verdict.replaceChildren(written(answer, slots));
    speak(verdict);
    if (answer.block) await showCode({ fresh: true });
  } catch {
    showUnreachable(verdict);
  }
  bringIntoView(verdict);
  await showTotals();
}

async function cheat(button) {
  const outcome = button.parentElement.querySelector(".outcome");
  outcome.replaceChildren(fill("busy", {}));
  try {
    const answers = await call(`cheats/${button.dataset.cheat}`, {});
    const before = answers.slice(0, -1).filter((answer) => answer.block);
    const first = before.map((answer) => fill("first", answer.block));
    outcome.replaceChildren(...first, written(answers.at(-1), {}));
    speak(outcome);
    button.parentElement.querySelector(".why").hidden = false;
  } catch {
    showUnreachable(outcome);
  }
  bringIntoView(outcome);
  await showTotals();
}

function showUnreachable(place) {
  place.replaceChildren(fill("unreachable", {}));
  find("spoken").textContent = place.textContent.trim();
}

/** Say the verdict, and not the hashes below it, to who listens. */
function speak(element) {
  const words = [...element.querySelectorAll(".sign p")].map((part) => part.textContent.trim());
  find("spoken").textContent = words.join(". ");
}

/** On a phone the verdict is below the shops. */
function bringIntoView(element) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}

async function showTotals() {
  try {
    const state = await call("state");
    write(find("spent"), euros.format(state.spent / 100));
    write(find("unspent"), euros.format(state.left / 100));
    write(find("issued"), euros.format(state.issued / 100));
    write(find("head"), String(state.block));
    find("bar").style.width = `${(100 * state.spent) / state.issued}%`;
    for (const button of document.querySelectorAll(".shop")) {
      const received = state.shops[button.dataset.shop] ?? 0;
      write(button.querySelector("[data-received]"), euros.format(received / 100));
    }
  } catch {
    // the next round tries again
  }
}

/** Let a button do one thing at a time, and stay focused while it does. */
function onClick(selector, act) {
  for (const button of document.querySelectorAll(selector)) {
    button.addEventListener("click", async () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      await act(button);
      button.removeAttribute("aria-disabled");
    });
  }
}

let typing = 0;
amountField.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(showCode, TYPING_MS);
});
onClick(".preset", (button) => {
  amountField.value = button.dataset.amount;
  return showCode();
});
onClick("#new-letter", () => {
  letter += 1;
  return showCode({ fresh: true });
});
onClick(".shop", pay);
onClick(".cheat", cheat);

find("worth").textContent = euros.format(find("worth").dataset.cents / 100);
setInterval(countDown, 1000);
setInterval(() => document.hidden || showTotals(), POLL_MS);
document.addEventListener("visibilitychange", () => document.hidden || countDown());
await Promise.all([showCode(), showTotals()]);
