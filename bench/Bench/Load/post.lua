-- Posts transactions of random text. Arguments: file with one token a line, bytes of an entry, entries of a call
-- (1: POST /sequence, more: /sequence/batch), how many requests to prepare, the Prefer header (- for none).
-- The tokens are used in turn, so that the load is spread evenly over their chains.
local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
local threads = 0
local pool = ""
local requests, turn = {}, 0

function setup(thread)
   threads = threads + 1
   thread:set("number", threads)
end

local function letters(count)
   local drawn = {}
   for i = 1, count do
      local at = math.random(#alphabet)
      drawn[i] = alphabet:sub(at, at)
   end
   return table.concat(drawn)
end

-- An entry is a piece of the pool: letters drawn one by one for all of them would take a second before every load.
local function text(bytes)
   local from = math.random(#pool - bytes + 1)
   return pool:sub(from, from + bytes - 1)
end

local function body(bytes, entries)
   if entries == 1 then return '{"data":"' .. text(bytes) .. '"}' end
   local lines = {}
   for i = 1, entries do lines[i] = '"' .. text(bytes) .. '"\n' end
   return table.concat(lines)
end

function init(args)
   local bytes, entries, prepared, prefer = tonumber(args[2]), tonumber(args[3]), tonumber(args[4]), args[5]
   local tokens = {}
   for line in io.lines(args[1]) do tokens[#tokens + 1] = line end
   math.randomseed(1000 + number)
   pool = letters(2 ^ 20)
   local single = entries == 1
   local headers = { ["Content-Type"] = single and "application/json" or "application/x-ndjson" }
   if prefer ~= "-" then headers["Prefer"] = prefer end
   for i = 1, math.max(prepared, #tokens) do
      headers["Authorization"] = "Bearer " .. tokens[(i - 1) % #tokens + 1]
      requests[i] = wrk.format("POST", single and "/sequence" or "/sequence/batch", headers, body(bytes, entries))
   end
   turn = math.floor(#requests / 2) * (number - 1)
end

function request()
   turn = turn % #requests + 1
   return requests[turn]
end

function done(summary, latency)
   local errors = summary.errors
   print(string.format('RESULT %d %d %d %d %d %d', summary.requests, summary.duration, errors.status,
      errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99)))
end
