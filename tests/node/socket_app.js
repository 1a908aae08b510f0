// The lending app over Socket Mode.

import { App, LogLevel } from '@slack/bolt';

import { lend } from './lending.js';
import { ready } from './speaking.js';

const app = new App({
  socketMode: true,
  appToken: process.env.SLACK_APP_TOKEN,
  logLevel: LogLevel.WARN, // what is below goes to standard output, which is for `ready`
  token: process.env.SLACK_BOT_TOKEN,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
});
lend(app);
await app.start();
ready({});
