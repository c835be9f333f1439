import { fileURLToPath } from 'node:url';
import express from 'express';

export const app = express();
app.use(express.json());

// Answers GET /function/{{name}}?name=Ada, and POST with {"name":"Ada"}.
app.all('/', (request, response) => {
  const name = request.query.name ?? request.body?.name ?? 'world';
  console.log(`Greeting ${name}`);
  response.json({ message: `Hello, ${name}!` });
});

if (process.argv[1] === fileURLToPath(import.meta.url)) app.listen(process.env.PORT ?? 8080);
