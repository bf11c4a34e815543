// @vitest-environment jsdom
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { currentSession } from '../src/sessions/session.ts';
import { type Answers, answer, bo, lena, openPages, project, refuse } from './pages.tsx';
import { until } from './until.ts';

const patient = { timeout: 20_000 };
const projectAddress = `/projects/${project.id}`;
const loanPath = `POST /api/projects/${project.id}/loans`;
const documentPath = `POST /api/projects/${project.id}/documents`;
const activity = {
  id: 5,
  projectId: project.id,
  projectName: project.name,
  actorName: bo.name,
  entityType: 'document',
  entityId: project.id,
  summary: 'uploaded “plan.pdf”',
  at: '2026-03-02T12:00:00.000Z',
};

test('somebody unknown logs in and sees the projects', async () => {
  const { asked } = await openPages({ answers: { 'POST /api/session': answer(201, { token: 't', user: lena }) } });
  await logIn();
  await screen.findByRole('link', { name: project.name }, patient);
  expect(JSON.parse(asked('POST /api/session')[0]?.body ?? '')).toEqual({ email: lena.email, password: 'secret' });
  expect(asked('GET /api/projects')[0]?.headers.authorization).toBe('Bearer t');
});

test('a refused log-in says why, and is not tried again by itself', async () => {
  const answers = { 'POST /api/session': refuse(401, 'The address or the password is wrong.') };
  const { asked } = await openPages({ answers });
  await logIn();
  expect((await screen.findByRole('alert', {}, patient)).textContent).toContain(
    'The address or the password is wrong.',
  );
  expect(asked('POST /api/session')).toHaveLength(1);
});

test('a session that has ended leads back to the log-in', async () => {
  await openPages({ user: lena, answers: { 'GET /api/projects': refuse(401, 'Log in first.') } });
  await screen.findByRole('button', { name: 'Log in' }, patient);
  expect(currentSession()).toBeNull();
});

test('logging out leads back to the log-in', async () => {
  await openPages({ user: lena });
  await userEvent.click(await screen.findByRole('button', { name: 'Log out' }, patient));
  await screen.findByRole('button', { name: 'Log in' }, patient);
});

test('a loan that is answered with a failure first is sent again under the same key', async () => {
  let tries = 0;
  const answers: Answers = {
    [loanPath]: (response, asked) => {
      tries += 1;
      const say = tries === 1 ? refuse(503, 'Try again.') : answer(201, { id: 'x' });
      say(response, asked);
    },
  };
  const { asked } = await openPages({ user: lena, at: projectAddress, answers });
  await userEvent.click(await screen.findByText('Make a loan', {}, patient));
  await userEvent.type(screen.getByLabelText('Amount in dollars'), '1234.56');
  await userEvent.click(screen.getByRole('button', { name: 'Lend' }));
  await until('it was sent twice', () => asked(loanPath).length === 2);

  const [first, second] = asked(loanPath);
  expect(first?.headers['idempotency-key']).toMatch(/^[\da-f]{32}$/);
  expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
  expect(JSON.parse(second?.body ?? '')).toEqual({ amountCents: 123_456, rateBasisPoints: 725, termMonths: 18 });
});

test('a builder is not offered to lend', async () => {
  await openPages({ user: bo, at: projectAddress });
  await screen.findByText('Nobody has lent on this project yet.', {}, patient);
  expect(screen.queryByText('Make a loan')).toBeNull();
});

test('a builder begins a project and is brought to it', async () => {
  const { asked } = await openPages({ user: bo, answers: { 'POST /api/projects': answer(201, project) } });
  await userEvent.click(await screen.findByText('Begin a project', {}, patient));
  await userEvent.type(screen.getByLabelText('Name'), project.name);
  await userEvent.type(screen.getByLabelText('Address'), project.address);
  await userEvent.type(screen.getByLabelText('Budget in dollars'), '9000000');
  await userEvent.click(screen.getByRole('button', { name: 'Begin' }));
  await screen.findByRole('heading', { name: 'Documents' }, patient);
  expect(JSON.parse(asked('POST /api/projects')[0]?.body ?? '')).toMatchObject({ budgetCents: 900_000_000 });
});

test('a builder changes the status', async () => {
  const path = `PATCH /api/projects/${project.id}`;
  const { asked } = await openPages({ user: bo, at: projectAddress, answers: { [path]: project } });
  await userEvent.selectOptions(await screen.findByLabelText('Status', {}, patient), 'paused');
  await until('the change was sent', () => asked(path).length === 1);
  expect(JSON.parse(asked(path)[0]?.body ?? '')).toEqual({ status: 'paused' });
});

test('a lender follows a project', async () => {
  const path = `PUT /api/projects/${project.id}/follow`;
  const { asked } = await openPages({
    user: lena,
    at: projectAddress,
    answers: { [path]: (response) => void response.writeHead(204).end() },
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Follow' }, patient));
  await until('it was sent', () => asked(path).length === 1);
});

test('a document is uploaded under its name; one that is too large is not even sent', async () => {
  const { asked } = await openPages({ user: bo, at: projectAddress, answers: { [documentPath]: answer(201, {}) } });
  const input = await screen.findByLabelText('Upload a document', {}, patient);
  const huge = new File(['x'], 'huge.bin');
  Object.defineProperty(huge, 'size', { value: 26 * 1024 * 1024 });
  await userEvent.upload(input, huge);
  await screen.findByText('huge.bin is too large: at most 25 MB.', {}, patient);
  expect(asked(documentPath)).toHaveLength(0);

  await userEvent.upload(input, new File(['the plan'], 'plan.txt', { type: 'text/plain' }));
  await until('the small one was sent', () => asked(documentPath).length === 1);
  const [sent] = asked(documentPath);
  // Its bytes are compared in a real browser: jsdom's files are not what Node's fetch knows.
  expect(sent).toMatchObject({ search: '?name=plan.txt', headers: { 'content-type': 'text/plain' } });
});

test('loans and documents are listed, with what they are in sum', async () => {
  const loan = { id: 'a', lenderName: lena.name, amountCents: 25_000_000, rateBasisPoints: 725, termMonths: 18 };
  const loans = [loan, { ...loan, id: 'b' }].map((one) => ({ ...one, createdAt: project.createdAt }));
  const plan = {
    id: 'd',
    name: 'plan.pdf',
    sizeBytes: 2_500_000,
    uploadedByName: bo.name,
    createdAt: project.createdAt,
  };
  await openPages({
    user: bo,
    at: projectAddress,
    answers: {
      [`GET /api/projects/${project.id}/loans`]: { loans },
      [`GET /api/projects/${project.id}/documents`]: { documents: [plan] },
    },
  });
  await screen.findByText('$500,000', {}, patient);
  expect(screen.getAllByRole('cell', { name: '7.25 %' })).toHaveLength(2);
  await screen.findByText(/2\.5 MB · Bo Lindqvist/, {}, patient);
  await screen.findByRole('button', { name: 'Download plan.pdf' });
});

test('what happens elsewhere appears by itself', async () => {
  let hasHappened = false;
  let tell = () => {};
  await openPages({
    user: bo,
    answers: {
      'GET /api/activity': (response, asked) =>
        answer(200, { activity: hasHappened ? [activity] : [] })(response, asked),
      'GET /api/activity/events': (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 500\n\n');
        tell = () => void response.write(`id: 5\nevent: activity\ndata: ${JSON.stringify(activity)}\n\n`);
      },
    },
  });
  await screen.findByText('Live', {}, patient);
  await screen.findByText('Nothing has happened yet.', {}, patient);
  hasHappened = true;
  tell();
  await screen.findByText(/uploaded “plan.pdf”/, {}, patient);
});

test('a stream that says goodbye is opened again from where it was', async () => {
  const { asked } = await openPages({
    user: bo,
    answers: {
      'GET /api/activity/events': (response, { headers }) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        if (headers['last-event-id']) response.write(': back\n\n');
        else response.end(`id: 5\nevent: activity\ndata: {}\n\nevent: close\ndata: {}\n\n`);
      },
    },
  });
  await until('it was opened again', () => asked('GET /api/activity/events').length === 2);
  expect(asked('GET /api/activity/events')[1]?.headers['last-event-id']).toBe('5');
});

test('the footer tells version, release, commit and stamp', async () => {
  await openPages({ user: lena });
  const footer = screen.getByRole('contentinfo');
  await within(footer).findByText('Connect 2.0.0 · release r1 · commit c0ffee1 · stamp test-stamp', {}, patient);
});

test('an unknown address says so', async () => {
  await openPages({ user: lena, at: '/nowhere' });
  await screen.findByRole('heading', { name: 'There is no such page' }, patient);
});

test('a project that is not there is said in the API’s words', async () => {
  const at = '/projects/44444444-4444-8444-8444-444444444444';
  await openPages({ user: lena, at, answers: { [`GET /api${at}`]: refuse(404, 'There is no such project.') } });
  await screen.findByText('There is no such project.', {}, patient);
});

async function logIn(): Promise<void> {
  await userEvent.type(await screen.findByLabelText('Email'), lena.email);
  await userEvent.type(screen.getByLabelText('Password'), 'secret');
  await userEvent.click(screen.getByRole('button', { name: 'Log in' }));
}
