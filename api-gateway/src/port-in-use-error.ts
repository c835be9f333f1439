import { StartError } from '@plat/platform-kit/run-service.ts';

/** Thrown by `start`; its message is meant for the terminal. */
export class PortInUseError extends StartError {
  constructor(port: number, cause: unknown) {
    super(`Port ${port} is in use; set PORT to another one.`, { cause });
  }
}
