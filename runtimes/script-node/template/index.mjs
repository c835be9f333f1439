// Answers GET /function/{{name}}?arg1=3&arg2=4: the values of the query are the arguments, in their order.
const [a, b] = process.argv.slice(2).map(Number);

if (Number.isFinite(a) && Number.isFinite(b)) {
  console.log(`${a} + ${b} = ${a + b}`);
} else {
  console.error('Two numbers are needed, as in ?arg1=3&arg2=4');
  process.exitCode = 2;
}
