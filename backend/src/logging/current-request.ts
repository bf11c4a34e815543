import { AsyncLocalStorage } from 'node:async_hooks';

/** What is known, anywhere below a route, of the request that is being answered. */
export interface CurrentRequest {
  readonly requestId: string;
}

const storage = new AsyncLocalStorage<CurrentRequest>();

export const currentRequest = (): CurrentRequest | undefined => storage.getStore();

export const runInRequest = (request: CurrentRequest, next: () => void): void => storage.run(request, next);
