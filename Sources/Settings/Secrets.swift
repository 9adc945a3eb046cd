import Bulletin
package import Curl
import Foundation

extension Configuration {
    /// The relays with their passwords, which are read now. Throws where a secret cannot be read.
    package func relays() throws(ConfigurationFault) -> [Relay] {
        var relays: [Relay] = []
        for section in smtp {
            var password: String?
            if let file = section.passwordFile { password = try self.password(file, for: "smtp.passwordFile") }
            if let file = section.caFile, !FileManager.default.isReadableFile(atPath: file) {
                throw ConfigurationFault(
                    .file(file), "cannot be read, and smtp.caFile names it: make it readable, or remove smtp.caFile")
            }
            relays.append(
                Relay(
                    host: section.url.host, port: section.url.port, implicitTLS: section.url.implicitTLS,
                    tls: section.tls, username: section.username, password: password, caFile: section.caFile,
                    hello: section.hello ?? delivery.returnAddress.domain, connections: section.connections,
                    messagesPerConnection: section.messagesPerConnection,
                    messagesPerMinute: section.messagesPerMinute))
        }
        return relays
    }

    /// The text of a secret's file without the line break at its end: an absolute path, else a name in
    /// `$CREDENTIALS_DIRECTORY` (systemd names the files of a folder `FOLDER_FILE` there), else a path relative to the
    /// configuration. `key` is the setting that names it.
    package func secret(_ name: String, for key: String) throws(ConfigurationFault) -> String {
        let path = secretPath(name)
        let bytes: [UInt8]
        do throws(ReadFault) {
            bytes = try secretBytes(path)
        } catch {
            let remedy = error.isAbsence ? "put the secret there" : "let the account that needs it read it"
            throw ConfigurationFault(.file(path), "\(error.message), and \(key) names it: \(remedy)")
        }
        var text = bytes[...]
        if text.last == UInt8(ascii: "\n") { text.removeLast() }
        if text.last == UInt8(ascii: "\r") { text.removeLast() }
        guard !text.isEmpty else {
            throw ConfigurationFault(.file(path), "is empty, and \(key) names it: put the secret there")
        }
        guard let secret = String(validating: text, as: UTF8.self) else {
            throw ConfigurationFault(.file(path), "is not text, and \(key) names it: put the secret there")
        }
        return secret
    }

    /// The bytes of a private key's file, found as ``secret(_:for:)`` finds it. Throws where it cannot be read, and where
    /// others than its owner may read it; from systemd's folder of credentials, whose files belong to root, its group may.
    package func privateKey(_ name: String, for key: String) throws(ConfigurationFault) -> [UInt8] {
        let path = secretPath(name)
        let isCredential = credentialsFolder.map { !$0.isEmpty && path.hasPrefix($0 + "/") } ?? false
        do throws(ReadFault) {
            return try secretBytes(path, closedTo: isCredential ? 0o037 : 0o077)
        } catch {
            let remedy =
                error.isAbsence
                ? "make it with \"fortnight dkim generate\"" : "let the account that needs it read it, and no other"
            throw ConfigurationFault(
                .file(path), "\(error.message), and \(key) names it: \(error.remedy ?? remedy)")
        }
    }

    /// The same configuration with every secret that it names read now, where that is possible: root reads them before it
    /// gives up its rights.
    package func holdingSecrets() -> Configuration {
        var holding = self
        for name in smtp.compactMap(\.passwordFile) + [mailbox?.passwordFile].compactMap({ $0 }) {
            holding.heldSecrets[secretPath(name)] = try? secretBytes(secretPath(name))
        }
        for name in dkim.map(\.keyFile) {
            holding.heldSecrets[secretPath(name)] = try? privateKey(name, for: "dkim.keyFile")
        }
        return holding
    }

    private func secretBytes(_ path: String, closedTo closed: mode_t = 0) throws(ReadFault) -> [UInt8] {
        if let held = heldSecrets[path] { return held }
        return try readFile(path, most: 64 * 1024, closedTo: closed)
    }

    /// The absolute path of the file of a private key.
    package func keyPath(_ section: DKIMSection) -> String { secretPath(section.keyFile) }

    /// As ``secret(_:for:)``, of a password: one line without control characters, which no protocol could carry.
    func password(_ name: String, for key: String) throws(ConfigurationFault) -> String {
        let text = try secret(name, for: key)
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw ConfigurationFault(
                .file(secretPath(name)), "holds more than one line, and \(key) names it: put the password there alone")
        }
        return text
    }

    private func secretPath(_ name: String) -> String {
        guard !name.hasPrefix("/"), let folder = credentialsFolder, !folder.isEmpty else { return absolute(name) }
        let path = folder + "/" + name.replacing("/", with: "_")
        return FileManager.default.fileExists(atPath: path) ? path : absolute(name)
    }
}
