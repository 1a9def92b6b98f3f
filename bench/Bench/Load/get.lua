-- Reads entries at random places. Arguments: file with a token, number of entries, number of the run.
local threads = 0
local head, tail, count

function setup(thread)
   threads = threads + 1
   thread:set("number", threads)
end

function init(args)
   local token = io.lines(args[1])()
   count = tonumber(args[2])
   math.randomseed(2000 * tonumber(args[3]) + number)
   head = "GET /sequence/"
   tail = " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port .. "\r\nAuthorization: Bearer " .. token .. "\r\n\r\n"
end

function request()
   return head .. math.random(0, count - 1) .. tail
end

function done(summary, latency)
   local errors = summary.errors
   print(string.format('RESULT %d %d %d %d %d %d', summary.requests, summary.duration, errors.status,
      errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99)))
end
