// Has official verifiers judge what a receiver got. Each line of input: { kind, secret, headers, body (base64) }; prints for each: { ok, refusesChanged }.
import { createInterface } from 'node:readline';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import Stripe from 'stripe';
import { verify as verifyGitHub } from '@octokit/webhooks-methods';
import bolt from '@slack/bolt';

const stripe = new Stripe('sk_test_none');

const verifiers = {
  standard: (secret, headers, body) => new StandardWebhook(secret).verify(body, headers),
  svix: (secret, headers, body) => new SvixWebhook(secret).verify(body, {
    'svix-id': headers['svix-id'], 'svix-timestamp': headers['svix-timestamp'], 'svix-signature': headers['svix-signature'],
  }),
  stripe: (secret, headers, body) => stripe.webhooks.constructEvent(body, headers['stripe-signature'], secret),
  github: async (secret, headers, body) => {
    if (!await verifyGitHub(secret, body, headers['x-hub-signature-256'])) throw new Error('not verified');
  },
  slack: (secret, headers, body) => bolt.verifySlackRequest({
    signingSecret: secret,
    body,
    headers: { 'x-slack-signature': headers['x-slack-signature'], 'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']) },
  }),
};

async function accepts(kind, secret, headers, body) {
  try {
    await verifiers[kind](secret, headers, body);
    return true;
  } catch (error) {
    if (process.env.DEBUG) console.error(kind, error);
    return false;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { kind, secret, headers, body } = JSON.parse(line);
  const text = Buffer.from(body, 'base64').toString();
  console.log(JSON.stringify({
    ok: await accepts(kind, secret, headers, text),
    refusesChanged: !await accepts(kind, secret, headers, text.replace('700', '701')),
  }));
}
