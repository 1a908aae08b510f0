// The lending app over HTTP, on a free port.

import { App, LogLevel } from '@slack/bolt';

import { lend } from './lending.js';
import { ready } from './speaking.js';

const app = new App({
  signingSecret: process.env.SLACK_SIGNING_SECRET,
  logLevel: LogLevel.WARN, // what is below goes to standard output, which is for `ready`
  token: process.env.SLACK_BOT_TOKEN,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
});
lend(app);
const server = await app.start({ host: '127.0.0.1', port: 0 });
ready({ url: `http://127.0.0.1:${server.address().port}/slack/events` });
