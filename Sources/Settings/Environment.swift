import Basics
import StrictYAML

/// The variables that lay single values over the file's.
enum Environment {
    static let prefix = "FORTNIGHT_"
    /// Names the file itself.
    static let configuration = "FORTNIGHT_CONFIG"
    /// Where systemd puts secrets (systemd.exec(5), LoadCredential=).
    static let credentials = "CREDENTIALS_DIRECTORY"

    /// Lays the variables over `tree`, and returns the warnings about those that name no setting.
    static func lay(
        _ environment: [String: String], over tree: inout SettingNode
    ) throws(ConfigurationFault) -> [String] {
        let names = Configuration.reference.compactMap { doc in doc.variable.map { ($0, doc.path) } }
        let paths = Dictionary(names) { first, _ in first }
        var warnings: [String] = []
        for (name, value) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix(prefix) && name != configuration {
            let place = ConfigurationFault.Place.variable(name)
            guard let path = paths[name] else {
                let near = nearestName(to: name, among: paths.keys.sorted())
                warnings.append(
                    "\(legible(name)) is no setting, and is passed over"
                        + (near.map { ": did you mean \($0)?" } ?? ""))
                continue
            }
            guard tree.set(path.split(separator: ".")[...], to: .text(value, at: place)) else {
                throw ConfigurationFault(
                    place, "\(path): the file has no single section for it: unset the variable, and change the file")
            }
        }
        return warnings
    }
}
