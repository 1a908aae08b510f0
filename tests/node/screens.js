// What the lending app draws.

export const THINGS = ['Bicycle', 'Binoculars', 'Projector'];

const plain = (text) => ({ type: 'plain_text', text });
const option = (text) => ({ text: plain(text), value: text.toLowerCase() });
const section = (text) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const button = (text, action_id, more = {}) => ({ type: 'button', action_id, text: plain(text), ...more });
const input = (label, block_id, element, more = {}) => ({
  type: 'input',
  block_id,
  label: plain(label),
  element: { action_id: block_id, ...element },
  ...more,
});

/** The options whose text holds what was typed. */
export const matching = (typed) =>
  THINGS.filter((thing) => thing.toLowerCase().includes(typed.toLowerCase())).map(option);

/** The form; `note` is a line that appears once the days are chosen. */
export const form = (note) => ({
  type: 'modal',
  callback_id: 'borrow',
  title: plain('Borrow'),
  submit: plain('Send'),
  notify_on_close: true,
  blocks: [
    input('Thing', 'thing', { type: 'external_select', min_query_length: 2 }),
    input(
      'Days',
      'days',
      { type: 'static_select', options: ['1', '7'].map(option) },
      { dispatch_action: true },
    ),
    ...(note ? [section(note)] : []),
    input('Reason', 'reason', { type: 'plain_text_input' }),
    { type: 'actions', elements: [button('Read the rules', 'rules')] },
  ],
});

/** The view that is pushed on top of the form. */
export const rules = () => ({
  type: 'modal',
  callback_id: 'rules',
  title: plain('Rules'),
  submit: plain('Understood'),
  blocks: [section('Bring it back clean.')],
});

/** The message about one loan. */
export const card = (thing, reason) => [
  section(`*${thing}* is yours: ${reason}`),
  { type: 'actions', elements: [button('Give back', 'return', { value: thing, style: 'primary' })] },
];

/** The Home tab. */
export const home = (user) => ({
  type: 'home',
  blocks: [section(`Things to lend to <@${user}>: ${THINGS.join(', ')}`)],
});
