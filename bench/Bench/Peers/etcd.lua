-- Puts values of 256 bytes under new keys. Argument: how many in one request (1: a put, more: a transaction).
local threads = 0
local count, entries, value = 0, 1, nil

function setup(thread)
   threads = threads + 1
   thread:set("number", threads)
end

-- 256 bytes in base64: 85 times three letters, and one more.
local function base64OfValue() return string.rep("ZWVl", 85) .. "ZQ==" end

-- Twelve digits make sixteen letters of base64 without padding.
local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local function base64(text)
   local out = {}
   for i = 1, #text, 3 do
      local a, b, c = text:byte(i, i + 2)
      local n = a * 65536 + b * 256 + c
      for shift = 3, 0, -1 do
         local at = math.floor(n / 64 ^ shift) % 64 + 1
         out[#out + 1] = alphabet:sub(at, at)
      end
   end
   return table.concat(out)
end

local function put()
   count = count + 1
   return '{"key":"' .. base64(string.format("%02d%010d", number, count)) .. '","value":"' .. value .. '"}'
end

function init(args)
   entries = tonumber(args[1])
   value = base64OfValue()
   -- A run does not write over the keys of the one before.
   count = entries == 1 and 0 or 5000000000
end

function request()
   if entries == 1 then return wrk.format("POST", "/v3/kv/put", nil, put()) end
   local puts = {}
   for i = 1, entries do puts[i] = '{"requestPut":' .. put() .. "}" end
   return wrk.format("POST", "/v3/kv/txn", nil, '{"success":[' .. table.concat(puts, ",") .. "]}")
end

function done(summary, latency)
   local errors = summary.errors
   print(string.format('RESULT %d %d %d %d %d %d', summary.requests, summary.duration, errors.status,
      errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99)))
end
