/** What a service listens on, as the variable PORT says; the specification's 5.1. */
export const containerPort = 3000;

/** What others reach it on. */
export const servicePort = 80;

/** The port's name: probes, Services and policies use it, so that the number stands once (E5-14). */
export const portName = 'http';
