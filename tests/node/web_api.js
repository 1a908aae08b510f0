// Calls the Web API with @slack/web-api alone, and says what came back as one line of JSON.

import { LogLevel, WebClient } from '@slack/web-api';

import { say } from './speaking.js';

const { ADA: ada, CHANNEL: channel, GROUP: usergroup } = process.env;
const client = new WebClient(process.env.SLACK_BOT_TOKEN, {
  slackApiUrl: process.env.SLACK_API_URL,
  logLevel: LogLevel.WARN, // what is below goes to standard output, which is for `say`
  retryConfig: { retries: 2, minTimeout: 1 }, // milliseconds, besides what Retry-After asks for
});

async function people() {
  const pages = [];
  for await (const page of client.paginate('users.list', { limit: 1 })) {
    pages.push(page.members.map((member) => member.real_name));
  }
  const { user } = await client.users.lookupByEmail({ email: 'ada@example.com' });
  const { profile } = await client.users.profile.get({ user: user.id, include_labels: true });
  return { pages, found: user.id, title: profile.title };
}

async function conversations() {
  const { channel: dm } = await client.conversations.open({ users: ada, return_im: true });
  const { members } = await client.conversations.members({ channel });
  const { channels } = await client.conversations.list({ types: 'public_channel,im', exclude_archived: true });
  await client.conversations.setTopic({ channel, topic: 'Things & loans' });
  await client.conversations.invite({ channel, users: ada });
  return { dm: dm.user, members, channels: channels.map((each) => each.id) };
}

async function messages() {
  const { ts } = await client.chat.postMessage({ channel, text: 'first', unfurl_links: false });
  const metadata = { event_type: 'loan', event_payload: { days: 7 } };
  await client.chat.postMessage({ channel, markdown_text: '*reply*', thread_ts: ts, metadata });
  const { ts: mistake } = await client.chat.postMessage({ channel, text: 'mistake' });
  await client.chat.delete({ channel, ts: mistake });
  const { permalink } = await client.chat.getPermalink({ channel, message_ts: ts });
  const history = await client.conversations.history({ channel, limit: 10 });
  const thread = await client.conversations.replies({ channel, ts, include_all_metadata: true });
  return {
    link: permalink.endsWith(ts.replace('.', '')),
    history: history.messages.map((message) => [message.text, message.reply_count ?? 0]),
    metadata: thread.messages[1].metadata,
  };
}

async function groups() {
  const before = await client.usergroups.list({ include_users: true });
  const { usergroup: after } = await client.usergroups.users.update({ usergroup, users: ada });
  const refused = await refusal(client.usergroups.users.update({ usergroup, users: '' }));
  return { before: before.usergroups[0].users, after: after.users, empty: refused.error };
}

async function files() {
  const file = Buffer.from('one,two\n');
  const { files: uploads } = await client.filesUploadV2({ channel_id: channel, filename: 'a.csv', file });
  const [shared] = uploads[0].files;
  const content = await fetch(shared.url_private, { headers: { Authorization: `Bearer ${client.token}` } });
  return [shared.name, await content.text()];
}

/** The data of the error by which a call is refused. */
async function refusal(call) {
  return call.then(
    () => ({ error: 'none' }),
    (error) => error.data,
  );
}

async function refusals() {
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: '' } }];
  return {
    blocks: await refusal(client.chat.postMessage({ channel, text: 'x', blocks })),
    view: await refusal(client.views.open({ trigger_id: '1.2.3', view: { type: 'modal' } })),
    nobody: await refusal(client.views.publish({ user_id: 'U0', view: { type: 'home', blocks: [] } })),
    unknown: await refusal(client.bookmarks.list({ channel_id: channel })),
    unscoped: await refusal(client.team.info()),
    token: await refusal(client.auth.test({ token: 'xoxb-none' })),
    argument: await refusal(client.apiCall('users.lookupByEmail')),
  };
}

/** The test makes Slack refuse the first of these calls with 429. */
async function patience() {
  const waits = [];
  client.on('rate_limited', (seconds) => waits.push(seconds));
  const { user } = await client.users.info({ user: ada });
  return { waits, user: user.real_name };
}

async function identity() {
  const { user, response_metadata: metadata } = await client.auth.test();
  return { user, scopes: metadata.scopes };
}

say({
  identity: await identity(),
  people: await people(),
  conversations: await conversations(),
  messages: await messages(),
  groups: await groups(),
  files: await files(),
  refusals: await refusals(),
  patience: await patience(),
});
