import { measureCalls } from './measure-calls.mjs';

measureCalls();
