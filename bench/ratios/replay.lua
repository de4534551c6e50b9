-- Sends the requests of a file over and over. Each is there as it goes over the wire, after a line with its length;
-- each thread begins at a place of its own. At the end, what was measured is printed as JSON.

local requests, number = {}, 0
local threads = 0

function setup(thread)
   thread:set("thread_number", threads)
   threads = threads + 1
end

function init(arguments)
   local file = assert(io.open(arguments[1], "rb"))
   for length in file:lines() do
      requests[#requests + 1] = file:read(tonumber(length))
   end
   file:close()
   number = math.floor(#requests * thread_number / tonumber(arguments[2]))
end

function request()
   number = number % #requests + 1
   return requests[number]
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '{"requests":%d,"seconds":%f,"refused":%d,"broken":%d,"p50_ms":%f,"p99_ms":%f}\n',
      summary.requests, summary.duration / 1e6, errors.status,
      errors.connect + errors.read + errors.write + errors.timeout,
      latency:percentile(50) / 1000, latency:percentile(99) / 1000
   ))
end
