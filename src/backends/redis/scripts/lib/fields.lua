-- Packs a job for a reader: its number, body, record and, where it was asked for, what is kept with it.

local function sized(text) return pack('>I4', #text) .. text end

local function show(seq, body, record)
  return field(seq) .. sized(body) .. sized(record or '')
end
