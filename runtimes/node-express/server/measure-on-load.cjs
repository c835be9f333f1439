'use strict';

const { measureCalls } = require('./measure-calls.cjs');

measureCalls();
