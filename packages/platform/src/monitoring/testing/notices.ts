import { deliveryId, environmentName, releaseId } from '@plumbline/contract/names';
import type { Notice } from '@plumbline/contract/notice';

/** A notice of a delivery to production that went well, unless said otherwise. */
export const noticeOf = (more: Partial<Notice> = {}): Notice => ({
  id: '7f1d2f54-6b0e-4b5c-9a55-2f6d7c1f8a11',
  kind: 'succeeded',
  at: Date.UTC(2026, 10, 24, 15, 4, 5, 123),
  environment: environmentName.parse('production'),
  delivery: deliveryId.parse('d-12'),
  deliveryKind: 'deliver',
  release: releaseId.parse('r-0123456789ab'),
  from: releaseId.parse('r-ba9876543210'),
  commit: '3f2a9c1d4b5e6f708192a3b4c5d6e7f801234567',
  subject: 'Show the borrower on a loan',
  who: 'ann',
  because: null,
  site: null,
  ...more,
});
