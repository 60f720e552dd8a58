// The page at /demo: the two apps beside each other, and what the ledger makes of it.
const POLL_MS = 2000;
const MODULE_PIXELS = 8;
const language = document.documentElement.lang;
const locale = language === "en" ? "en-GB" : "nl-NL";
const euros = new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" });
const moment = new Intl.DateTimeFormat(locale, {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "Europe/Amsterdam",
});

const find = (id) => document.getElementById(id);
const phone = find("phone-frame");
const till = find("till-frame");
const letters = document.body.dataset.letters.split(" ");
let listed = ""; // the payments that are shown, as they came
let letter = Math.floor(Math.random() * letters.length);

// --- the devices

/** Let an app begin anew, with a link as somebody would open it. */
async function begin(frame, database, link) {
  await go(frame, "about:blank"); // so that it lets go of what it kept
  await empty(database);
  await go(frame, link);
  calm(frame);
}

function go(frame, address) {
  return new Promise((resolve) => {
    frame.addEventListener("load", resolve, { once: true });
    frame.contentWindow.location.replace(address);
  });
}

/** Forget what an app kept in this browser, as web_shared/src/device/store.ts keeps it; set its language. */
function empty(database) {
  return new Promise((resolve) => {
    const request = indexedDB.open(database, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("things");
    request.onerror = resolve; // a browser that keeps nothing
    request.onsuccess = () => {
      const work = request.result.transaction("things", "readwrite");
      work.objectStore("things").clear();
      work.objectStore("things").put({ language }, "settings");
      work.oncomplete = () => {
        request.result.close();
        resolve();
      };
    };
  });
}

/** A new screen takes the focus, which would move the whole page: only where somebody is using it. */
function calm(frame) {
  const { prototype } = frame.contentWindow.HTMLElement;
  const { focus } = prototype;
  prototype.focus = function (options) {
    if (document.activeElement === frame) focus.call(this, { ...options, preventScroll: true });
  };
}

function beginPhone() {
  const link = letters[letter++ % letters.length];
  find("phone-link").href = link;
  return begin(phone, "kindpakket", link);
}

function beginTill() {
  const link = find("shop").value;
  find("till-link").href = link;
  return begin(till, "kindpakket-winkel", link).then(choosePin);
}

/** Choose the owner's PIN, which is told beside the till, as somebody would. */
function choosePin() {
  const { contentWindow, contentDocument } = till;
  return new Promise((resolve) => {
    const look = new contentWindow.MutationObserver(fillIn);
    function fillIn() {
      const fields = [...contentDocument.querySelectorAll("#owner-pin, #owner-pin-again")];
      if (fields.length < 2) return;
      look.disconnect();
      for (const field of fields) {
        field.value = find("pin").textContent;
        field.dispatchEvent(new contentWindow.Event("input", { bubbles: true }));
      }
      fields[0].form.requestSubmit();
      resolve();
    }
    look.observe(contentDocument.body, { childList: true, subtree: true });
    fillIn();
  });
}

/** What the till's camera would see: the till gets it as a picture, and really reads it. */
async function hold() {
  const code = phone.contentDocument.querySelector("svg.qr");
  const input = till.contentDocument.querySelector(".scan input[type=file]");
  const step = code === null ? "phone-first" : input === null ? "till-first" : "holding";
  find("held").textContent = find(step).content.textContent;
  if (code === null) return bringIntoView(phone);
  bringIntoView(till);
  if (input === null) return;
  const picture = new DataTransfer();
  picture.items.add(new File([await draw(code)], "code.png", { type: "image/png" }));
  input.files = picture.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Draw a QR as it is on the screen, dark on white with its margin. */
function draw(svg) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = svg.viewBox.baseVal.width * MODULE_PIXELS;
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "black";
  context.scale(MODULE_PIXELS, MODULE_PIXELS);
  context.fill(new Path2D(svg.querySelector("path").getAttribute("d")));
  return new Promise((resolve) => canvas.toBlob(resolve));
}

// --- the ledger

async function call(path, body) {
  const response = await fetch(`/demo/${path}`, body === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

async function showState() {
  try {
    const state = await call("state");
    write(find("spent"), euros.format(state.spent / 100));
    write(find("unspent"), euros.format(state.left / 100));
    write(find("issued"), euros.format(state.issued / 100));
    write(find("head"), String(state.block));
    find("bar").style.width = `${(100 * state.spent) / state.issued}%`;
    list(state.payments);
  } catch {
    // the next round tries again
  }
}

function list(payments) {
  if (JSON.stringify(payments) === listed) return; // somebody may be copying from it
  const known = listed;
  listed = JSON.stringify(payments);
  find("list").replaceChildren(...payments.map((payment) => {
    const { amount, refunded, time, transaction } = payment;
    const back = refunded && `${find("back").content.textContent} ${euros.format(refunded / 100)}`;
    const when = moment.format(new Date(time));
    const item = fill("payment", { ...payment, amount: euros.format(amount / 100), back, time: when });
    const fresh = known !== "" && !known.includes(transaction);
    item.firstElementChild.classList.toggle("changed", fresh);
    return item;
  }));
}

/** Fill a template's slots; what is nothing is left out. */
function fill(template, slots) {
  const filled = find(template).content.cloneNode(true);
  for (const slot of filled.querySelectorAll("[data-slot]")) {
    slot.textContent = slots[slot.dataset.slot] || "";
  }
  return filled;
}

/** Write a figure, and let the eye find it when it is another one. */
function write(element, text) {
  if (element.textContent === text) return;
  const known = element.textContent !== "…";
  element.textContent = text;
  element.classList.remove("changed");
  if (known) requestAnimationFrame(() => element.classList.add("changed"));
}

// --- cheating

async function cheat(button) {
  const outcome = button.parentElement.querySelector(".outcome");
  outcome.replaceChildren(fill("busy", {}));
  try {
    const answers = await call(`cheats/${button.dataset.cheat}`, {});
    const { no } = answers.at(-1);
    const before = answers.slice(0, -1).filter((answer) => answer.block);
    const first = before.map((answer) => fill("first", answer.block));
    outcome.replaceChildren(...first, fill("no", { ...no, sentence: no[language] }));
    button.parentElement.querySelector(".why").hidden = false;
    speak(outcome);
  } catch {
    outcome.replaceChildren(fill("unreachable", {}));
    find("spoken").textContent = outcome.textContent.trim();
  }
  bringIntoView(outcome);
  await showState();
}

/** Say the answer, and not the hashes below it, to who listens. */
function speak(element) {
  const words = [...element.querySelectorAll(".sign p")].map((part) => part.textContent.trim());
  find("spoken").textContent = words.join(". ");
}

/** On a phone it may be elsewhere on the page. */
function bringIntoView(element) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
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

onClick("#new-letter", beginPhone);
onClick("#hold", hold);
onClick(".cheat", cheat);

let beginning = beginTill();
// Who looks through the shops with the keys of the list changes it faster than a till begins.
find("shop").addEventListener("change", () => (beginning = beginning.then(beginTill)));
setInterval(() => document.hidden || showState(), POLL_MS);
await Promise.all([beginPhone(), showState()]);
