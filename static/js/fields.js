// Whether a field has something else than its page came with: a reader was quicker than the script that listens to it, or
// the browser put back what stood there before.
const isChosen = (option) => option.defaultSelected;

export function isChanged(field) {
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  if (field.matches("select")) return field.selectedOptions[0] !== ([...field.options].findLast(isChosen) ?? field.options[0]);
  return field.matches("input, textarea") && field.value !== field.defaultValue;
}
