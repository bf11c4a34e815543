import type { Place } from '../../renderer.ts';

/** Where the router's own pods are: policies let requests in from there, and its certificate is kept there. */
export const routerNamespace = ({ infrastructure }: Pick<Place, 'infrastructure'>): string =>
  infrastructure.routing === 'ingress' ? 'nginx-ingress' : 'istio-ingress';
