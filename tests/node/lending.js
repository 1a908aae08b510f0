// A small Bolt app that lends things: what Bolt apps commonly do, the same over both transports.

import { card, form, home, matching, rules, THINGS } from './screens.js';

const SHORTEST_REASON = 5; // letters

/** Adds the listeners to a Bolt app. */
export function lend(app) {
  listenToForms(app);
  listenToMessages(app);
}

function listenToForms(app) {
  const open = async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: form() });
  };
  app.command('/borrow', open);
  app.shortcut('borrow', open);
  app.options('thing', async ({ ack, options }) => ack({ options: matching(options.value) }));
  app.action('days', async ({ ack, action, body, client }) => {
    await ack();
    const view = form(`Back in ${action.selected_option.text.text}`);
    await client.views.update({ view_id: body.view.id, hash: body.view.hash, view });
  });
  app.action('rules', async ({ ack, body, client }) => {
    await ack();
    await client.views.push({ trigger_id: body.trigger_id, view: rules() });
  });
  app.view('borrow', submitted);
  app.view('rules', async ({ ack }) => ack());
  app.view({ callback_id: 'borrow', type: 'view_closed' }, async ({ ack, body, client }) => {
    await ack();
    await client.chat.postMessage({ channel: body.user.id, text: 'Another time, then.' });
  });
}

async function submitted({ ack, body, client, view }) {
  const { thing, reason } = view.state.values;
  if (reason.reason.value.length < SHORTEST_REASON) {
    await ack({ response_action: 'errors', errors: { reason: 'Say a little more.' } });
    return;
  }
  await ack();
  const name = thing.thing.selected_option.text.text;
  const { channel } = await client.conversations.open({ users: body.user.id });
  await client.chat.postMessage({
    channel: channel.id,
    text: `${name} is yours`,
    blocks: card(name, reason.reason.value),
    metadata: { event_type: 'loan', event_payload: { thing: name } },
  });
}

function listenToMessages(app) {
  app.command('/things', async ({ ack, body, client, respond }) => {
    await ack('Let me look.');
    await respond({ text: `There are ${THINGS.length}.`, response_type: 'in_channel' });
    await client.chat.postEphemeral({ channel: body.channel_id, user: body.user_id, text: THINGS.join(', ') });
  });
  app.action('return', async ({ ack, action, body, client, respond }) => {
    await ack();
    const { id: channel } = body.channel;
    await client.chat.update({ channel, ts: body.message.ts, text: `${action.value} is back`, blocks: [] });
    await respond({ text: 'Thank you.', replace_original: false });
  });
  app.shortcut('praise', async ({ ack, client, shortcut }) => {
    await ack();
    const { channel, message_ts: timestamp } = shortcut;
    await client.reactions.add({ channel: channel.id, timestamp, name: 'heart' });
  });
  app.event('app_home_opened', async ({ client, event }) => {
    await client.views.publish({ user_id: event.user, view: home(event.user) });
  });
  app.message(async ({ message, say }) => {
    if (message.subtype === undefined) {
      await say({ text: `You said: ${message.text}`, thread_ts: message.ts });
    }
  });
}
