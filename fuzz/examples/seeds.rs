//! Writes the seeds of every target, made from the vectors, into `corpus/TARGET/` below the folder that is named: what a search begins with.

use std::path::Path;

use countersign::fuzzing::laws::{TARGETS, seeds::Material};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: seeds FOLDER")?;
    let material = Material::embedded()?;
    for target in TARGETS {
        let corpus = Path::new(&folder).join("corpus").join(target.name);
        std::fs::create_dir_all(&corpus)?;
        let seeds = (target.seeds)(&material);
        for (number, seed) in seeds.iter().enumerate() {
            std::fs::write(corpus.join(format!("seed-{number:04}")), seed)?;
        }
        println!("{:4} seeds in {}", seeds.len(), corpus.display());
    }
    Ok(())
}
