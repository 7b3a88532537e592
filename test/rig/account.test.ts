import { expect, test } from 'vitest';
import { latestAccount, shares } from './account.ts';

const text = [
  'pantry: open\r\n',
  'pantry: vcpu 0 ms parse_requests=10 wait_for_requests=30\r\n',
  'pantry: vcpu 1 ms plan_orders=7\r\n',
  'pantry: vcpu 0 ms parse_requests=20 wait_for_requests=60\r\n',
];

test('the last account of each vCPU counts', () => {
  expect(latestAccount(text.join(''))).toEqual([{ parse_requests: 20, wait_for_requests: 60 }, { plan_orders: 7 }]);
});

test('a line that is cut short does not', () => {
  expect(latestAccount(text.join('').slice(0, -3))[0]).toEqual({ parse_requests: 10, wait_for_requests: 30 });
  expect(latestAccount('')).toEqual([]);
});

test('shares of what was done in between', () => {
  expect(shares({ parse: 10, wait: 30 }, { parse: 20, wait: 60 })).toEqual({ parse: 0.25, wait: 0.75 });
  expect(shares({ parse: 10 }, { parse: 10 })).toEqual({ parse: 0 });
});
