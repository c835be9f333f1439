'use strict';

const { loadHandler } = require('./load-handler.cjs');
const { serve } = require('./serve.cjs');

void serve({ load: loadHandler });
