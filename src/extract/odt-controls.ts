import { tickBox } from './symbols.ts';
import { attribute, child, isElement, localName, textOf } from './xml.ts';
import type { XmlElement, XmlNode } from './xml.ts';

/** What the form controls of an OpenDocument text show, by their ids (ODF 1.3 part 3, 13). */
export function readFormControls(nodes: XmlNode[], found = new Map<string, string>()) {
  for (const node of nodes) {
    if (!isElement(node)) continue;
    const id = attribute(node, 'id');
    const shown = shownBy(node);
    if (id !== undefined && shown !== undefined) found.set(id, shown);
    readFormControls(node.children, found);
  }
  return found;
}

function shownBy(control: XmlElement): string | undefined {
  const name = localName(control.name);
  if (name === 'checkbox') {
    const state = attribute(control, 'current-state') ?? attribute(control, 'state');
    return withLabel(control, tickBox(state === 'checked'));
  }
  if (name === 'radio') {
    const state = attribute(control, 'current-selected') ?? attribute(control, 'selected');
    return withLabel(control, state === 'true' ? '●' : '○');
  }
  if (name === 'listbox') {
    const chosen = control.children.filter(isElement).filter(isSelected);
    return chosen.map((option) => attribute(option, 'label') ?? '').join(', ');
  }
  if (['text', 'textarea', 'combobox', 'date', 'time', 'number', 'formatted-text'].includes(name)) {
    return attribute(control, 'current-value') ?? attribute(control, 'value') ?? textOf(control);
  }
  return name === 'fixed-text' ? (attribute(control, 'label') ?? '') : undefined;
}

const isSelected = (option: XmlElement) =>
  (attribute(option, 'current-selected') ?? attribute(option, 'selected')) === 'true';

const withLabel = (control: XmlElement, box: string) =>
  `${box} ${attribute(control, 'label') ?? ''}`.trimEnd();

/** The tick box that a content control or a form field of Word stands for; undefined for any other. */
export function tickBoxOf(node: XmlElement): string | undefined {
  if (attribute(node, 'checkbox') === 'true') return tickBox(attribute(node, 'checked') === 'true');
  if (!(attribute(node, 'type') ?? '').endsWith('.FORMCHECKBOX')) return undefined;
  const parameters = node.children.filter(isElement);
  const state = parameters.find((one) => attribute(one, 'name') === 'Checkbox_Checked');
  return tickBox(attribute(state ?? child(node, 'param'), 'value') === 'true');
}
