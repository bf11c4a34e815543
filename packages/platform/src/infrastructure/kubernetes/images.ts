import type { ServiceName } from '@plumbline/contract/names';
import type { Slot } from '@plumbline/contract/shape';
import type { Place } from '../renderer.ts';
import { slotName, workloadOf } from './labels.ts';

/**
 * What stands in the committed manifests where an image belongs: `connect2-backend-blue`, a name that no registry has.
 * Which release a slot holds is the environment's state and not its description, so that git has no digest to go stale and
 * no made-up one to be believed. A release overlay gives this name an address and a digest by kustomize's `images`, as Argo
 * CD and Flux also do; applied without one, admission refuses the pod.
 */
export const slotImage = (place: Place, service: ServiceName, slot: Slot): string => slotName(place, service, slot);

/** The same for the migrations, which run from the candidate's image before it gets a slot. */
export const migrationImage = ({ names }: Place, service: ServiceName): string =>
  `${workloadOf(names, service)}-candidate`;
