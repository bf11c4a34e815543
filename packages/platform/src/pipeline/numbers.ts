import { type ClimbId, climbId, type DeliveryId, deliveryId } from '@plumbline/contract/names';

/** The number in `d-12` or `c-12`, which is the key of its row. */
export const numberOf = (id: DeliveryId | ClimbId): number => Number(id.slice(2));

export const deliveryOf = (number: number): DeliveryId => deliveryId.parse(`d-${number}`);

export const climbOf = (number: number): ClimbId => climbId.parse(`c-${number}`);
