// Price grids: Enter goes to the cell below, a block pasted from a spreadsheet fills the cells from here on.
const NUMBER = /^[-−]?[\d\s\u00a0\u202f.,']*\d[\d\s\u00a0\u202f.,']*(?:€|EUR)?$/i;

const rowsOf = (cell) => [...cell.closest("tbody").rows].map((row) => [...row.querySelectorAll("input")]);

/** « 1 234,50 € » and « 1,234.50 » as one types it here: « 1234,50 ». Other words stay, to be refused in the cell. */
export function amount(text) {
  const plain = text.trim().replace(/^"(.*)"$/s, "$1").trim();
  if (!NUMBER.test(plain)) return plain;
  const bare = plain.replace(/[\s\u00a0\u202f'€]|EUR/gi, "").replace("−", "-");
  const both = bare.includes(",") && bare.includes(".");
  if (!both) return bare.replace(".", ",");
  const decimal = bare.lastIndexOf(",") > bare.lastIndexOf(".") ? "," : ".";
  return bare.replaceAll(decimal === "," ? "." : ",", "").replace(decimal, ",");
}

/** The rows of a copied block; a line of headings and a column of names, as tables have them, are left out. */
export function block(text) {
  let lines = text.replace(/[\r\n]+$/, "").split(/\r\n|\r|\n/).map((line) => line.split("\t"));
  const isWord = (value) => value.trim() !== "" && !NUMBER.test(value.trim());
  if (lines.length > 1 && lines[0].some(isWord) && !lines[0].some((value) => NUMBER.test(value.trim()))) lines = lines.slice(1);
  if (lines.every((line) => line.length > 1 && isWord(line[0]))) lines = lines.map((line) => line.slice(1));
  return lines;
}

document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.("[data-grid] input");
  if (!cell || event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  const rows = rowsOf(cell);
  const y = rows.findIndex((row) => row.includes(cell));
  const x = rows[y].indexOf(cell);
  const next = event.shiftKey ? rows[y - 1]?.[x] ?? rows.at(-1)[x - 1] : rows[y + 1]?.[x] ?? rows[0][x + 1];
  next?.focus();
  next?.select();
});

document.addEventListener("paste", (event) => {
  const cell = event.target.closest?.("[data-grid] input");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!cell || !/[\t\r\n]/.test(text.trim())) return;
  event.preventDefault();
  const rows = rowsOf(cell);
  const y = rows.findIndex((row) => row.includes(cell));
  const x = rows[y].indexOf(cell);
  block(text).forEach((line, down) => line.forEach((value, right) => {
    const target = rows[y + down]?.[x + right];
    if (target) { target.value = amount(value); target.dispatchEvent(new Event("input", { bubbles: true })); }
  }));
});
