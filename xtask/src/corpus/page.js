const body = document.querySelector("#rows tbody");
const key = (row, column) => {
  const text = row.cells[column].textContent;
  const number = parseFloat(text);
  return Number.isNaN(number) || column === 0 || column > 11 ? text : number;
};
document.querySelectorAll("#rows th button").forEach((button, column) => {
  let up = false;
  button.onclick = () => {
    up = !up;
    const compare = (a, b) => (a === b ? 0 : typeof a !== typeof b ? (typeof a === "number" ? 1 : -1) : a < b ? -1 : 1);
    const rows = [...body.rows].sort((a, b) => compare(key(a, column), key(b, column)) * (up ? -1 : 1));
    body.append(...rows);
  };
});
document.querySelector("#filter").oninput = (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const row of body.rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
};
