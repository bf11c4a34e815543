import { idOf } from './seed-id.ts';

interface Person {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: 'lender' | 'builder';
}

const person = (role: Person['role'], email: string, name: string): Person => ({ id: idOf(email), email, name, role });

export const lenders: readonly Person[] = [
  person('lender', 'lena@lender.example', 'Lena Ortiz'),
  person('lender', 'luis@lender.example', 'Luis Amari'),
  person('lender', 'lydia@lender.example', 'Lydia Chen'),
];

export const builders: readonly Person[] = [
  person('builder', 'bo@builder.example', 'Bo Lindqvist'),
  person('builder', 'bea@builder.example', 'Bea Navarro'),
  person('builder', 'ben@builder.example', 'Ben Okafor'),
  person('builder', 'bruna@builder.example', 'Bruna Keller'),
];
