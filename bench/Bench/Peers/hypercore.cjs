// Appends to a hypercore for some seconds, each entry alone and then in batches; prints entries a second as JSON.
// Arguments: folder, bytes of an entry, appends under way at a time, entries of a batch, seconds.
const Hypercore = require('hypercore')
const [folder, bytes, clients, entries, seconds] = process.argv.slice(2)

// Measured after as long a time in which nothing counts: Node compiles what is used much.
async function rate (core, value, count, appenders) {
  await run(core, value, count, appenders)
  return run(core, value, count, appenders)
}

async function run (core, value, count, appenders) {
  const started = performance.now()
  const end = started + Number(seconds) * 1000
  let appended = 0
  await Promise.all(Array.from({ length: appenders }, async () => {
    while (performance.now() < end) {
      await core.append(value)
      appended += count
    }
  }))
  return appended / ((performance.now() - started) / 1000)
}

async function main () {
  const core = new Hypercore(folder)
  await core.ready()
  const entry = Buffer.alloc(Number(bytes), 'e')
  const single = await rate(core, entry, 1, Number(clients))
  const batch = await rate(core, Array.from({ length: Number(entries) }, () => entry), Number(entries), 1)
  await core.close()
  console.log(JSON.stringify({ single, batch }))
}

main()
