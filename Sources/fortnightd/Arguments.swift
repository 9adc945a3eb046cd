/// The daemon's command line: `fortnightd [--config FILE] [--check]`.
struct Arguments {
    /// Wrong usage, or a request for help: the text to print, and the exit status.
    struct Fault: Error, CustomStringConvertible {
        let description: String
        let status: Int32
    }

    var config: String?
    /// Only check whether the configuration and the templates are sound.
    var checks = false

    static let usage = """
        Usage: fortnightd [--config FILE] [--check]

        Closes, composes and sends the issues of one bulletin. The configuration is FILE, else $FORTNIGHT_CONFIG, else \
        ./fortnight.yaml, else /etc/fortnight/fortnight.yaml. Logs go to standard error; LOG_LEVEL=debug says more. \
        With --check it only says what is wrong with the configuration, the templates and the secrets, and ends with 1 \
        where anything is.
        """

    init(_ arguments: some Sequence<String>) throws(Fault) {
        var rest = Array(arguments)[...]
        while let word = rest.popFirst() {
            switch word {
            case "--config":
                guard let value = rest.popFirst() else { throw Fault(description: Self.usage, status: 64) }
                config = value
            case _ where word.hasPrefix("--config="): config = String(word.dropFirst("--config=".count))
            case "--check": checks = true
            case "--help", "-h": throw Fault(description: Self.usage, status: 0)
            default: throw Fault(description: "fortnightd has no option \(word).\n\n\(Self.usage)", status: 64)
            }
        }
    }
}
