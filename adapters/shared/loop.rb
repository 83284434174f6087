# The loop of the adapter protocol for libraries in Ruby: questions on stdin, answers on stdout, one JSON object a line.
# What a library is asked and how stands in the library's own adapter; this file knows no library.
require 'json'

module Loop
  # Lines are read and answered one after the other; the pipe holds those that wait.
  MAX_IN_FLIGHT = 64

  # The library's interface has no words for this question: `feature:…`, `signature_method:…`.
  class Unsupported < StandardError; end

  # The library has refused by its return value and not with an exception.
  class Refused < StandardError; end

  # Mistakes of a program, and not its way of saying no. (A NoMethodError is a NameError.)
  FAILURES = [NameError, TypeError, FrozenError, NotImplementedError, SystemStackError].freeze

  module_function

  # For an interface that takes text only.
  def text(value)
    raise Unsupported, 'feature:octets' if value.is_a?(String) && !value.valid_encoding?

    value
  end

  def field(asked, wanted)
    (asked['headers'] || []).find { |name, _| name.downcase == wanted }&.last
  end

  # Header fields for an interface that takes a hash.
  def fields(asked)
    headers = asked['headers'] || []
    raise Unsupported, 'feature:repeated_fields' if headers.uniq { |name, _| name.downcase }.size < headers.size

    headers.to_h
  end

  # The body, if the application would say that it sends a form.
  def form(asked)
    is_form = asked['body'] && field(asked, 'content-type').to_s.match?(%r{\Aapplication/x-www-form-urlencoded}i)
    is_form ? text(asked['body']) : nil
  end

  # Refuses to ask what the library would answer with other values than those asked for.
  def only(asked, host_field: true)
    raise Unsupported, 'feature:no_nonce' unless asked['nonce'] && asked['timestamp']
    raise Unsupported, 'feature:host_field' if !host_field && field(asked, 'host')
  end

  # Octets that are not UTF-8 are written {"base64": "…"}.
  def read(value)
    case value
    when Hash
      value.keys == ['base64'] ? value['base64'].unpack1('m').force_encoding('UTF-8') : value.transform_values { |inner| read(inner) }
    when Array then value.map { |inner| read(inner) }
    else value
    end
  end

  def write(value)
    case value
    when Hash then value.transform_values { |inner| write(inner) }
    when Array then value.map { |inner| write(inner) }
    when String
      octets = value.dup.force_encoding('UTF-8')
      octets.valid_encoding? ? octets : { base64: [octets].pack('m0') }
    else value
    end
  end

  def said(error)
    "#{error.class}: #{error.message}".dup.force_encoding('UTF-8').scrub('?')[0, 500]
  end

  def answer(operations, message, refusals)
    output = operations.fetch(message['operation']).call(read(message['input']))
    stages = output.delete(:stages)
    { type: 'result', output: output }.merge(stages ? { stages: stages } : {})
  rescue Unsupported => e
    { type: 'unsupported', what: e.message }
  rescue *FAILURES => e
    { type: 'error', message: said(e), traceback: (e.backtrace || []).first(20).join("\n") }
  rescue StandardError, *refusals => e
    { type: 'reject', message: said(e) }
  end

  def say(message)
    $stdout.puts(JSON.generate(write(message)))
    $stdout.flush
  end

  # Answers every question. `operations` maps a name to a function of the input that returns the output, with :stages in it if there are any;
  # `refusals` are exceptions beside the standard ones with which the library says no.
  def serve(name:, version:, homepage:, operations:, signature_methods: [], features: [], refusals: [])
    implementation = { name: name, version: version, language: 'Ruby', language_version: RUBY_VERSION, homepage: homepage }
    say(type: 'hello', protocol: 1, implementation: implementation, operations: operations.keys, signature_methods: signature_methods,
        features: features, max_in_flight: MAX_IN_FLIGHT)
    $stdin.set_encoding('UTF-8')
    $stdin.each_line do |line|
      message = JSON.parse(line)
      break if message['type'] == 'bye'

      say({ id: message['id'] }.merge(answer(operations, message, refusals))) if message['type'] == 'run'
    end
  end
end
