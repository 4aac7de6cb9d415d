package dev.ablate.mask;

/** Where masks come from. Together with a seed it says which masks they are. */
public sealed interface Design {
  /** Number of features. */
  int features();

  /** Number of masks, repeats counted. */
  long masks();

  /**
   * Number of features of which these were chosen by the values, which makes it likelier that one
   * of them only seems to do something.
   */
  default int chosenFrom() {
    return features();
  }

  /** Short name, as in {@code design.json}. */
  String kind();

  /**
   * How the sizes of the masks are distributed; null where masks of a size are not alike, so that
   * sizes say too little of them.
   */
  default MaskSampling sampling() {
    return MaskSampling.UNIFORM;
  }

  /** So many masks, but no more than there are. */
  private static long most(int features, long masks) {
    return features < Long.SIZE - 1 ? Math.min(masks, 1L << features) : masks;
  }

  /**
   * The mask that keeps nothing and the one that keeps everything, then random masks, each followed
   * by its complement; all different. The masks of a smaller design are the first of a larger
   * one's.
   */
  record Paired(MaskSampling sampling, int features, long masks, long seed) implements Design {
    /** Leaves out what there cannot be. */
    public Paired {
      masks = most(features, masks);
    }

    @Override
    public String kind() {
      return "paired-" + sampling;
    }
  }

  /** Independent uniform masks, all different; so there are at most {@code 2^features}. */
  record Uniform(int features, long masks, long seed) implements Design {
    /** Leaves out what there cannot be. */
    public Uniform {
      masks = most(features, masks);
    }

    @Override
    public String kind() {
      return "uniform";
    }
  }

  /** Every mask once. */
  record Exhaustive(int features) implements Design {
    @Override
    public long masks() {
      return features < Long.SIZE - 1 ? 1L << features : Long.MAX_VALUE;
    }

    @Override
    public String kind() {
      return "exhaustive";
    }
  }

  /**
   * The coded design of SPEX: {@code groups} random subspaces, shifted by the parity rows of a BCH
   * code.
   *
   * @param features number of features
   * @param groups number of subsampling groups C
   * @param dimension subspace dimension b
   * @param errors number of errors t that the code corrects
   * @param delays number of shifts, the zero shift included
   * @param seed draws the subspaces
   */
  record Coded(int features, int groups, int dimension, int errors, int delays, long seed)
      implements Design {
    @Override
    public long masks() {
      return (long) groups * delays << dimension;
    }

    @Override
    public String kind() {
      return "coded";
    }

    @Override
    public MaskSampling sampling() {
      return null;
    }
  }

  /**
   * Random masks, then those of a coded design: what the first ones leave unexplained is decoded
   * from the second.
   */
  record Joined(Paired paired, Coded coded) implements Design {
    /**
     * Checks that both are of the same features.
     *
     * @throws IllegalArgumentException if they are not
     */
    public Joined {
      if (paired.features() != coded.features()) {
        throw new IllegalArgumentException("a design of two numbers of features");
      }
    }

    @Override
    public int features() {
      return paired.features();
    }

    @Override
    public long masks() {
      return paired.masks() + coded.masks();
    }

    @Override
    public String kind() {
      return paired.kind() + "+" + coded.kind();
    }

    /** That of the random masks, which alone are fitted as such. */
    @Override
    public MaskSampling sampling() {
      return paired.sampling();
    }
  }

  /**
   * Masks that somebody else chose.
   *
   * @param sampling what they look like, or null
   * @param chosenFrom number of features of which these were chosen by the values
   */
  record Foreign(int features, long masks, MaskSampling sampling, int chosenFrom)
      implements Design {
    /** Masks of all their features. */
    public Foreign(int features, long masks, MaskSampling sampling) {
      this(features, masks, sampling, features);
    }

    /** Masks that look uniform. */
    public Foreign(int features, long masks) {
      this(features, masks, MaskSampling.UNIFORM);
    }

    /** The same with features that were chosen by the values among more. */
    public Foreign among(int all) {
      return new Foreign(features, masks, sampling, all);
    }

    /** The same with another look. */
    public Foreign looking(MaskSampling like) {
      return new Foreign(features, masks, like, chosenFrom);
    }

    @Override
    public String kind() {
      return "foreign";
    }
  }
}
