// aws-lambda-ric talks to the Runtime API through a compiled HTTP client, whose native build takes minutes. This stands in
// for that one file (`rapid-client.node`); everything else of the runtime client stays the real code.
const http = require('node:http');
const Module = require('node:module');

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

const call = (method, path, body, headers = {}) =>
  new Promise((resolve, reject) => {
    const options = { host, port, method, agent, headers, path: `/2018-06-01/runtime/invocation/${path}` };
    const request = http.request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ bodyJson: text, headers: response.headers }));
    });
    request.on('error', reject).end(body);
  });

const client = {
  initializeClient() {},
  next: () => call('GET', 'next'),
  done: (id, body) => void call('POST', `${id}/response`, body),
  error: (id, body) => void call('POST', `${id}/error`, body),
};

const load = Module._load;
Module._load = function loadOrShim(request, ...rest) {
  return request === './rapid-client.node' ? client : load.call(this, request, ...rest);
};
