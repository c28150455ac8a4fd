# Sidekiq's side of the benchmark: required by the worker, or run as the producer, which reads "first count" from each
# line of its input, stores so many jobs in one push_bulk, and answers "stored".
require 'json'
require 'sidekiq'

# A line for each fetch, in some pairs of versions.
Redis.silence_deprecations = true if Redis.respond_to?(:silence_deprecations=)

Sidekiq.configure_client { |config| config.redis = { url: ENV.fetch('BENCH_REDIS_URL') } }
Sidekiq.configure_server do |config|
  config.redis = { url: ENV.fetch('BENCH_REDIS_URL') }
  # Two lines for each job would be its default.
  config.logger.level = Logger::WARN
  config.on(:startup) do
    File.write(ENV.fetch('BENCH_BOOTED'), '')
    sleep 0.001 until File.exist?(ENV.fetch('BENCH_GO'))
  end
end

# The handler: writes which job it was.
class BenchJob
  include Sidekiq::Worker

  RUNS = File.open(ENV.fetch('BENCH_RUNS'), File::WRONLY | File::APPEND | File::CREAT)

  def perform(input)
    RUNS.syswrite("#{input['n']}\n")
  end
end

if $PROGRAM_NAME == __FILE__
  $stdout.sync = true
  $stdin.each_line do |line|
    first, count = line.split.map(&:to_i)
    inputs = (first...first + count).map { |n| [{ 'n' => n, 'at' => 0, 'text' => 'x' * 64 }] }
    Sidekiq::Client.push_bulk('class' => BenchJob, 'args' => inputs)
    puts 'stored'
  end
end
