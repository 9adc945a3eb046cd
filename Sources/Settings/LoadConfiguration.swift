package import Bulletin

extension Configuration {
    /// Reads the file at `path`; without one `FORTNIGHT_CONFIG`, `./fortnight.yaml`, `/etc/fortnight/fortnight.yaml`.
    /// Throws all that is wrong with it at once.
    package static func load(
        path: String?, environment: [String: String]
    ) throws(ConfigurationFault) -> Configuration {
        throw ConfigurationFault(.file(path ?? "fortnight.yaml"), "is not read yet")
    }

    /// The relays with their passwords, which are read now: for who sends. Throws where a secret cannot be read.
    package func relays() throws(ConfigurationFault) -> [Relay] {
        []
    }
}
