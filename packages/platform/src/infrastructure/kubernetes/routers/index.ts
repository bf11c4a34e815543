import type { Infrastructure } from '../../infrastructure.ts';
import type { Place } from '../../renderer.ts';
import type { Manifest } from '../manifest.ts';
import { gatewayRouter } from './gateway.ts';
import { ingressRouter } from './ingress.ts';
import { istioRouter } from './istio.ts';
import type { Traffic } from './traffic.ts';

export interface Router {
  /** In the environment's folder. */
  readonly file: string;
  readonly render: (place: Place, traffic: Traffic) => readonly Manifest[];
  /** Which pods the service's unslotted Service reaches; none: there is no such Service. */
  readonly service: 'none' | 'both slots' | 'the stable slot';
}

/** Exactly one of these brings requests to an environment. */
export const routers: Readonly<Record<Infrastructure['routing'], Router>> = {
  gateway: { file: 'gateway.yaml', render: gatewayRouter, service: 'none' },
  istio: { file: 'virtual-service.yaml', render: istioRouter, service: 'both slots' },
  ingress: { file: 'ingress.yaml', render: ingressRouter, service: 'the stable slot' },
};
